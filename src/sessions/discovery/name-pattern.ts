/** Element of a pattern: any characters, any one character, a literal character, or one of a set. */
type Element = '*' | '?' | { readonly literal: string } | { readonly set: RegExp };

/**
 * A function that tests whether a file name matches a pattern with `*`, `?` and `[...]`. A name that begins
 * with a dot matches only a pattern that also begins with one. The time is at most proportional to the
 * product of the lengths of pattern and name.
 */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const elements = elementsOf(pattern);
  const matchesHidden = pattern.startsWith('.');
  return (name) => (matchesHidden || !name.startsWith('.')) && matchesElements(elements, name);
}

function matchesElements(elements: readonly Element[], name: string): boolean {
  let position = 0;
  let index = 0;
  let starIndex = -1;
  let starPosition = 0;
  while (position < name.length) {
    const element = elements[index];
    if (element === '*') {
      starIndex = index++;
      starPosition = position;
    } else if (element !== undefined && accepts(element, name.charAt(position))) {
      index++;
      position++;
    } else if (starIndex >= 0) {
      // Only the last star must match more characters: the matches of the earlier ones remain valid.
      index = starIndex + 1;
      position = ++starPosition;
    } else return false;
  }
  return elements.slice(index).every((element) => element === '*');
}

function accepts(element: Element, character: string): boolean {
  if (element === '?' || element === '*') return true;
  return 'literal' in element ? element.literal === character : element.set.test(character);
}

function elementsOf(pattern: string): Element[] {
  const elements: Element[] = [];
  for (let position = 0; position < pattern.length; position++) {
    const character = pattern.charAt(position);
    const set = character === '[' ? setAt(pattern, position) : null;
    if (set !== null) {
      elements.push({ set: set.characters });
      position = set.end;
    } else if (character === '*' || character === '?') elements.push(character);
    else elements.push({ literal: character });
  }
  return elements;
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
