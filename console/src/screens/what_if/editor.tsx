// The policy to try: windows, allowances and damping as sliders, the mode of each criterion as a choice. What differs from
// the policy in force is marked, and can be put back.
import { duration_of, minutes_of } from './policy_text.ts';

interface Slider {
  key: string;
  label: string;
  least: number;
  most: number;
  unit: 'hours' | 'minutes' | 'count';
}

const sliders: readonly Slider[] = [
  { key: 'window', label: 'Window before first service', least: 1, most: 31, unit: 'hours' },
  { key: 'recovery_window', label: 'Window after a failure', least: 1, most: 31, unit: 'hours' },
  { key: 'allowed.bad', label: 'Bad minutes allowed', least: 0, most: 60, unit: 'count' },
  { key: 'allowed.unobserved', label: 'Unobserved minutes allowed', least: 0, most: 240, unit: 'count' },
  { key: 'damping.short.bad', label: 'Impaired by bad minutes, of the last few', least: 1, most: 10, unit: 'count' },
  { key: 'damping.short.of', label: 'The last few are', least: 1, most: 15, unit: 'count' },
  { key: 'damping.long.bad', label: 'Impaired by bad minutes, of the last hour', least: 1, most: 60, unit: 'count' },
  { key: 'max_hold', label: 'Held healthy without evidence', least: 10, most: 360, unit: 'minutes' },
];
const modes = ['enforce', 'shadow', 'off'];

export interface EditorProps {
  in_force: ReadonlyMap<string, string>;
  changes: ReadonlyMap<string, string>;
  change: (key: string, value: string) => void;
}

export function Editor({ in_force, changes, change, run }: EditorProps & { run: () => void }) {
  const criteria = [...in_force.keys()].filter((key) => key.endsWith('.mode')).map((key) => key.slice(0, -'.mode'.length));
  const other = criteria.filter((id) => changes.has(`${id}.mode`)).length;
  return (
    <form
      class="policy-editor"
      aria-label="Policy to try"
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
        event.preventDefault();
        run();
      }}
    >
      <div class="sliders">
        {sliders.map((one) => (in_force.has(one.key) ? <SliderField key={one.key} slider={one} in_force={in_force} changes={changes} change={change} /> : null))}
      </div>
      <details open={other > 0}>
        <summary>
          Criteria: {criteria.length}, {other === 0 ? 'each in its mode' : `${other} in another mode`}
        </summary>
        <div class="modes">
          {criteria.map((id) => {
            const key = `${id}.mode`;
            return (
              <label key={id} class={changes.has(key) ? 'changed' : undefined}>
                <span class="mono">{id}</span>
                <select value={changes.get(key) ?? in_force.get(key) ?? ''} onChange={(event) => change(key, event.currentTarget.value)}>
                  {modes.map((mode) => (
                    <option key={mode} value={mode}>
                      {mode}
                    </option>
                  ))}
                </select>
              </label>
            );
          })}
        </div>
      </details>
    </form>
  );
}

function SliderField({ slider, in_force, changes, change }: EditorProps & { slider: Slider }) {
  const { key, label, least, most, unit } = slider;
  const usual = in_force.get(key) ?? '';
  const value = changes.get(key) ?? usual;
  const scale = unit === 'hours' ? 60 : 1;
  const number = unit === 'count' ? Number(value) : (minutes_of(value) ?? Number.NaN) / scale;
  const written = (n: number) => (unit === 'count' ? String(n) : duration_of(n * scale));
  return (
    <label class={changes.has(key) ? 'changed' : undefined}>
      <span>{label}</span>
      <input
        type="range"
        data-key={key}
        min={least}
        max={Math.max(most, Number.isNaN(number) ? most : number)}
        step={unit === 'minutes' ? 10 : 1}
        value={Number.isNaN(number) ? most : number}
        aria-valuetext={value}
        onInput={(event) => change(key, written(Number(event.currentTarget.value)))}
      />
      <output>
        {value}
        {changes.has(key) && <span class="quiet"> was {usual}</span>}
      </output>
    </label>
  );
}
