/** Lets the browser save a text as a file. */
export function saveText(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download keeps the bytes once it has started.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
