// Preact and htm as the rest of the dashboard uses them.

import htm from "../../vendor/htm.js";
import { h } from "../../vendor/preact.js";

export { Fragment, createContext, render } from "../../vendor/preact.js";
export {
  useCallback, useContext, useEffect, useErrorBoundary, useLayoutEffect, useMemo, useRef, useState,
} from "../../vendor/preact-hooks.js";

export const html = htm.bind(h);

/** Class names, without the ones that do not hold. */
export const classes = (...names) => names.filter(Boolean).join(" ");
