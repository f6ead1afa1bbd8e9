// The service worker: shows a push, and leads to what it is about. It keeps nothing and stands between nobody.

const HOME = "/app/today";

addEventListener("install", () => self.skipWaiting());
addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

function told(data) {
  try {
    const { title, body = "", link = "", id = "" } = data.json();
    return { title: title || "Frontdesk", body, id, link: link.startsWith("/app/") ? link : HOME };
  } catch {
    return { title: "Frontdesk", body: "Something needs you.", id: "", link: HOME };
  }
}

addEventListener("push", (event) => {
  const { title, body, id, link } = told(event.data);
  event.waitUntil(self.registration.showNotification(title, { body, tag: id || undefined, data: { link }, icon: "/app/icon.svg" }));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = event.notification.data?.link ?? HOME;
  event.waitUntil(lead(link));
});

/** To an open page of ours if there is one, else to a new one. */
async function lead(link) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find(({ url }) => new URL(url).pathname.startsWith("/app/"));
  if (!page) return self.clients.openWindow(link);
  await page.focus();
  page.postMessage({ go: link });
}
