// What the monitor answers, in short names. Members that an older monitor does not have are absent: nothing here may be
// relied on to be there but what a list is made of.
import type { components } from './openapi.ts';

type Schemas = components['schemas'];

export type Assessment = Schemas['Assessment'];
export type AssessmentList = Schemas['AssessmentList'];
export type Side = Schemas['LinkSide'];
// Whose a record is, and what stands at its ends.
export type Place = Partial<Pick<Assessment, 'contributor' | 'metro' | 'metros' | 'side_a' | 'side_z'>>;
export type Finding = Schemas['Finding'];
export type Condition = Schemas['Condition'];
export type Incident = Schemas['Incident'];
export type IncidentList = Schemas['IncidentList'];
export type Alarm = Schemas['Alarm'];
export type AlarmList = Schemas['AlarmList'];
export type Decision = Schemas['Decision'];
export type Verification = Schemas['Verification'];
export type RecordEvent = Schemas['RecordEvent'];
export type Metro = Schemas['Metro'];
export type MetroList = Schemas['MetroList'];
export type RecordMaintenance = Schemas['RecordMaintenance'];
export type Status = Schemas['Status'];
export type SourceStatus = Schemas['SourceStatus'];
export type StoreTalk = Schemas['Store'];
export type Policy = Schemas['Policy'];
export type Backtest = Schemas['Backtest'];
export type BacktestDecision = Schemas['BacktestDecision'];
export type BacktestPlace = Schemas['BacktestPlace'];
export type Webhook = Schemas['Webhook'];

export function sides_of(row: Place): readonly Side[] {
  return [row.side_a, row.side_z].filter((side) => side !== undefined);
}

// A record as a list has it: without its criteria.
export type Row = Omit<Assessment, 'findings' | 'strip' | 'notes'>;

// /healthz: how the monitor itself is.
export interface Healthz {
  status: 'ok' | 'failing';
  reason?: string;
  writes?: string; // "health", or why nothing
  ledger_read_at?: string;
  sources?: Record<string, { watermark: string | null; suspect: boolean }>;
  windows?: Record<string, { text: string; minutes?: number; slots?: number; trouble?: string }>;
  alarms?: Alarm[];
  damage?: string[];
  notes?: unknown;
  [more: string]: unknown;
}
