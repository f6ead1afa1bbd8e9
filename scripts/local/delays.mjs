// Bindings that take longer: on one machine storage answers in a fraction of a millisecond, in a data centre it does not.

const SLOW = new Set([
  "all", "run", "first", "raw", "batch", "exec", // D1
  "get", "getWithMetadata", "put", "delete", "list", "head", // KV and R2
  "send", "sendBatch", // queues
]);
const DERIVED = new Set(["prepare", "bind", "withSession"]);
const KINDS = /^(D1Database|KvNamespace|R2Bucket|WorkerQueue|Queue)$/;
const originals = new WeakMap();

const bare = (value) => (Array.isArray(value) ? value.map(bare) : (originals.get(value) ?? value));

function slowed(target, delay) {
  const proxy = new Proxy(target, {
    get(_target, name) {
      const member = target[name];
      if (typeof member !== "function") return member;
      if (DERIVED.has(name)) return (...args) => slowed(member.apply(target, args), delay);
      if (!SLOW.has(name)) return member.bind(target);
      return async (...args) => {
        await new Promise((resolve) => setTimeout(resolve, delay()));
        return member.apply(target, args.map(bare));
      };
    },
  });
  originals.set(proxy, target);
  return proxy;
}

/** `binding`, each of whose calls waits `delay()` milliseconds first; anything but storage as it is. */
export function delayed(binding, delay) {
  const kind = binding?.constructor?.name ?? "";
  return KINDS.test(kind) ? slowed(binding, delay) : binding;
}
