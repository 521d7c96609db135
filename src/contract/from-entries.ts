/** `Object.fromEntries` that keeps the type of the keys. Every key of `Key` must be among the entries. */
export const fromEntries = <Key extends string, Value>(
  entries: readonly (readonly [Key, Value])[],
): Record<Key, Value> => Object.fromEntries(entries) as Record<Key, Value>;
