// Whether this browser is pushed urgent notices while no page of ours is open: asking, taking back, keeping it so.

import { get, post, remove } from "./api.js";

const KEPT = "fd.push"; // {id, staff}: our device, and whose it is
const RENEWED = "fd.push.renewed"; // this tab has told the server of it, under the session of now
const WORKER = "/app/sw.js";

const able = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "null");
  } catch {
    return null;
  }
}

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

/** none (it cannot), blocked, off or on; on only for the person who asked for it. */
export async function pushing(staffId) {
  if (!able()) return "none";
  if (!(await get("/push/key")).key) return "none";
  if (Notification.permission === "denied") return "blocked";
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  const subscription = await registration?.pushManager.getSubscription();
  return subscription && kept()?.staff === staffId ? "on" : "off";
}

/** Asks the person, then the browser's service, then tells ours. */
export async function turnOn(staffId) {
  if ((await Notification.requestPermission()) !== "granted") return pushing(staffId);
  const { key } = await get("/push/key");
  await navigator.serviceWorker.register(WORKER);
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytes(key) };
  const subscription = await pushManager.subscribe(options).catch(async () => {
    // It may hold one made with an earlier key of ours.
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(options);
  });
  await tell(subscription, staffId);
  return "on";
}

export async function turnOff() {
  const device = kept();
  localStorage.removeItem(KEPT);
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
  if (device) await remove(`/push/subscriptions/${device.id}`).catch((error) => error.status === 404 || Promise.reject(error));
  return "off";
}

async function tell(subscription, staffId) {
  const { id } = await post("/push/subscriptions", subscription.toJSON());
  localStorage.setItem(KEPT, JSON.stringify({ id, staff: staffId }));
  sessionStorage.setItem(RENEWED, id);
}

/** A device is pushed to for as long as the session that told of it: a new session tells again, once a tab. */
export async function renew() {
  const device = able() && Notification.permission === "granted" ? kept() : null;
  if (!device || sessionStorage.getItem(RENEWED) === device.id) return;
  const me = await get("/me");
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  const subscription = await registration?.pushManager.getSubscription();
  if (subscription && device.staff === me.staff.id) await tell(subscription, device.staff);
}
