/** The product's mark: slot ranges, some of them elsewhere. */
export function Mark() {
  return (
    <svg width={20} height={20} viewBox="0 0 20 20" aria-hidden fill="var(--sd-text)">
      <rect x={1} y={3} width={9} height={3.6} rx={1} />
      <rect x={11.4} y={3} width={7.6} height={3.6} rx={1} opacity={0.35} />
      <rect x={1} y={8.2} width={4.6} height={3.6} rx={1} opacity={0.35} />
      <rect x={7} y={8.2} width={12} height={3.6} rx={1} />
      <rect x={1} y={13.4} width={12.4} height={3.6} rx={1} />
      <rect x={14.8} y={13.4} width={4.2} height={3.6} rx={1} opacity={0.35} />
    </svg>
  );
}
