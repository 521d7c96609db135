import type { AnchorHTMLAttributes, MouseEvent } from 'react';

/** A link of a view that has hundreds: it follows no router, and costs a fifth. With a key held down it is the browser's. */
export function QuickLink({
  href,
  onGo,
  children,
  ...anchor
}: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string; onGo: () => void }) {
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onGo();
  };
  return (
    <a {...anchor} href={href} onClick={onClick}>
      {children}
    </a>
  );
}
