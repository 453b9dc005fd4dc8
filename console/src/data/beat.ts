// The window of a record on one line: the worst of its criteria in each cell.
import type { Finding } from './types.ts';

// Of strips of equal length, a character a cell: X before ? before '.'.
export function worst_strip(findings: readonly Finding[]): string {
  const strips = findings.filter((finding) => finding.gates && finding.strip).map((finding) => finding.strip ?? '');
  const length = Math.max(0, ...strips.map((strip) => strip.length));
  let worst = '';
  for (let i = 0; i < length; ++i) {
    const cell = strips.map((strip) => strip[i]);
    worst += cell.includes('X') ? 'X' : cell.includes('?') ? '?' : '.';
  }
  return worst;
}
