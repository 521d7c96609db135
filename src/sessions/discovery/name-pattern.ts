/** Part of a pattern for names: any characters, any one, a literal one, or one of a set. */
type Part = '*' | '?' | { readonly one: string } | { readonly set: RegExp };

/**
 * A function that tests whether a file name matches a pattern with `*`, `?` and `[...]`. A name that begins
 * with a dot matches only a pattern that does. Takes time in proportion to the product of both lengths,
 * whatever they are.
 */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const parts = partsOf(pattern);
  const matchesHidden = pattern.startsWith('.');
  return (name) => (matchesHidden || !name.startsWith('.')) && matchesParts(parts, name);
}

function matchesParts(parts: readonly Part[], name: string): boolean {
  let [at, part] = [0, 0];
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const current = parts[part];
    if (current === '*') {
      star = part++;
      starAt = at;
    } else if (current !== undefined && accepts(current, name.charAt(at))) {
      part++;
      at++;
    } else if (star >= 0) {
      // Only the last star needs to be tried again: what the earlier ones matched remains possible.
      part = star + 1;
      at = ++starAt;
    } else return false;
  }
  return parts.slice(part).every((rest) => rest === '*');
}

function accepts(part: Part, character: string): boolean {
  if (part === '?' || part === '*') return true;
  return 'one' in part ? part.one === character : part.set.test(character);
}

function partsOf(pattern: string): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    const set = character === '[' ? setAt(pattern, at) : null;
    if (set !== null) {
      parts.push({ set: set.characters });
      at = set.end;
    } else if (character === '*' || character === '?') parts.push(character);
    else parts.push({ one: character });
  }
  return parts;
}

/** The set that begins at a bracket; null if the bracket is an ordinary character. */
function setAt(pattern: string, start: number): { characters: RegExp; end: number } | null {
  const end = pattern.indexOf(']', start + 2);
  if (end < 0) return null;
  const inner = pattern.slice(start + 1, end);
  const isNegated = inner.startsWith('!') || inner.startsWith('^');
  const text = (isNegated ? inner.slice(1) : inner).replaceAll(/[\\\]^[]/g, String.raw`\$&`);
  try {
    return { characters: new RegExp(`^[${isNegated ? '^' : ''}${text}]$`), end };
  } catch {
    return null; // a range that runs backwards
  }
}
