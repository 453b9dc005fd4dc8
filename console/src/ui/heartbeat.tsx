// The window of a record on one line. Without evidence it is grey, never green.
// strip: of data/beat.ts; '': not known yet.
export function Heartbeat({ strip }: { strip: string }) {
  if (!strip) return <span class="beat" />;
  const bad = count(strip, 'X');
  const unseen = count(strip, '?');
  const words = `the window: ${bad === 0 ? 'nothing bad' : `bad in ${bad} of ${strip.length} cells`}${unseen ? `, no evidence in ${unseen}` : ''}`;
  const width = strip.length * 3;
  return (
    <svg class="beat" viewBox={`0 0 ${width} 14`} preserveAspectRatio="none" role="img" aria-label={words}>
      <title>{words}</title>
      <path d={cells(strip, '.', 5, 9)} fill="var(--good-fill)" />
      <path d={cells(strip, '?', 6, 8)} fill="var(--unknown-fill)" />
      <path d={cells(strip, 'X', 0, 14)} fill="var(--bad-fill)" />
    </svg>
  );
}

function count(strip: string, kind: string): number {
  return strip.split(kind).length - 1;
}

function cells(strip: string, kind: string, top: number, bottom: number): string {
  let path = '';
  for (let i = 0; i < strip.length; ++i) {
    if (strip[i] === kind) path += `M${i * 3} ${top}h2.4v${bottom - top}h-2.4z`;
  }
  return path;
}
