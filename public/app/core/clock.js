// The time as something a view shows: drawn anew as it passes, and when the clock is set.

import { useEffect, useState } from "./html.js";
import { present, watchClock } from "./time.js";

/** The business's now, told again every `ms`. */
export function useNow(ms = 60_000) {
  const [at, setAt] = useState(present);
  useEffect(() => {
    const look = () => setAt(present());
    const timer = setInterval(look, ms);
    const leave = watchClock(look);
    return () => (clearInterval(timer), leave());
  }, []);
  return at;
}
