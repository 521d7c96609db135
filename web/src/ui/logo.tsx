/** The logo: Thon rings. */
export function Logo({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#0b5a83" />
      <g fill="none" stroke="#fff">
        <circle cx="16" cy="16" r="3.2" fill="#fff" stroke="none" />
        <circle cx="16" cy="16" r="6.6" strokeWidth="1.9" />
        <circle cx="16" cy="16" r="9.6" strokeWidth="1.4" opacity=".75" />
        <circle cx="16" cy="16" r="12" strokeWidth="1" opacity=".5" />
      </g>
    </svg>
  );
}
