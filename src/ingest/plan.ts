/** Documents and passages of a run against those of the current generation. */
export interface Plan {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
}

/** Compares content hashes by document id; a pure function of both sides. */
export function plan(now: ReadonlyMap<string, string>, before: ReadonlyMap<string, string>): Plan {
  const ids = [...now.keys()];
  return {
    added: ids.filter((id) => !before.has(id)),
    changed: ids.filter((id) => before.has(id) && before.get(id) !== now.get(id)),
    removed: [...before.keys()].filter((id) => !now.has(id)),
    unchanged: ids.filter((id) => before.get(id) === now.get(id)),
  };
}
