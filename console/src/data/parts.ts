// Parts of what the monitor says of itself that its document leaves open, for the page on sources. Each may be absent.

// How far the past of a store is read.
export interface BackFill {
  done_minutes: number;
  of_minutes: number;
}

export interface RecordNotes {
  code: string;
  pubkey: string;
  notes: readonly string[];
}

export const back_fill_in = (value: object | undefined) => value as BackFill | undefined;
export const notes_in = (value: unknown) => (Array.isArray(value) ? (value as readonly RecordNotes[]) : []);

const units = ['B', 'KB', 'MB', 'GB', 'TB'];

export function bytes(n: number | null | undefined): string {
  if (n === undefined || n === null) return '';
  let size = n;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    ++unit;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit] ?? ''}`;
}
