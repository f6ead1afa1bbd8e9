// The stages of this business's pipeline, by the names it gives them.

import { useData } from "../core/data.js";
import { sentence, stages } from "../core/words.js";

const known = stages.map((key) => ({ key, label: sentence(key) }));

/** [{key, label}] in order. */
export const useStages = () => useData("/pipeline", { limit: 1 }, { topics: [] }).data?.stages ?? known;

export const stageName = (all, key) => all.find((stage) => stage.key === key)?.label ?? sentence(key);
