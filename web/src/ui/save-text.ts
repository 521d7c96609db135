/** Makes the browser download a text as a file. */
export function saveText(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Once the download has started, it no longer needs the URL.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
