// That a record is being worked on: by whom and until when. Why, and what it was told of, where there is room.
import { at, moment } from '../data/time.ts';
import type { RecordMaintenance } from '../data/types.ts';
import { Tag } from './marks.tsx';

// "worked on until 14:00 UTC by 9xQeWv…"; keys are shown by their beginning.
export function maintenance_words(maintenance: RecordMaintenance, now: number): string {
  return `worked on until ${moment(at(maintenance.to), now)} UTC by ${maintenance.by.slice(0, 6)}…`;
}

export function MaintenanceTag({ of }: { of: RecordMaintenance | null | undefined }) {
  if (!of) return null;
  const whole = `${of.why || 'no reason is given'}; told of ${of.code} by ${of.by}`;
  return (
    <span title={whole}>
      <Tag colour="held">{maintenance_words(of, Date.now())}</Tag>{' '}
    </span>
  );
}
