/**
 * What follows from an object alone, worked out when it is first asked for and kept as long as the object: views of a model
 * or of a lint that many rules share, so that each costs one pass per keystroke, not one per rule.
 *
 * Invariant: `work` reads nothing that changes while the object lives.
 */
export function oncePer<Key extends object, Value>(work: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    let entry = known.get(key);
    if (entry === undefined) {
      entry = { value: work(key) };
      known.set(key, entry);
    }
    return entry.value;
  };
}
