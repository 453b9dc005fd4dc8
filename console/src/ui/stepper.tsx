// Where a record is on its way into service, and what the step is that it is at.
import { hours } from '../data/time.ts';
import type { Progress, Step } from '../data/progress.ts';

export function Stepper({ progress }: { progress: Progress }) {
  const step = progress.steps[progress.at];
  return (
    <div class="stepper">
      <ol>
        {progress.steps.map((one) => (
          <li key={one.name} class={one.state} aria-current={one === step ? 'step' : undefined}>
            <StepMark step={one} />
            <span class="unseen">
              {one.name}: {state_words[one.state]}
            </span>
          </li>
        ))}
      </ol>
      <div class={`now ${step?.state === 'stuck' ? 'bad' : 'quiet'}`}>{words_of(progress)}</div>
    </div>
  );
}

const state_words = { done: 'done', 'at-work': 'at work', stuck: 'stuck', 'to-come': 'to come' } as const;

function words_of(progress: Progress): string {
  const step = progress.steps[progress.at];
  if (!step) return 'in service';
  if (step.state === 'stuck') return `stuck at ${progress.criterion ?? step.name}`;
  if (progress.at !== 1 || progress.clean_minutes === undefined) return step.name;
  return `${step.name} ${hours(progress.clean_minutes)} of ${hours(progress.window_minutes)}`;
}

function StepMark({ step }: { step: Step }) {
  const around = 2 * Math.PI * 5.4;
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" class={colours[step.state]}>
      {step.state === 'done' && (
        <>
          <circle cx="8" cy="8" r="6.4" fill="currentColor" />
          <path d="m4.9 8.2 2.1 2.1 4-4.3" fill="none" stroke="var(--panel)" stroke-width="1.7" />
        </>
      )}
      {step.state === 'at-work' && (
        <>
          <circle cx="8" cy="8" r="5.4" fill="none" stroke="var(--line)" stroke-width="3" />
          <circle
            cx="8"
            cy="8"
            r="5.4"
            fill="none"
            stroke="currentColor"
            stroke-width="3"
            stroke-dasharray={`${((step.part ?? 0.5) * around).toFixed(1)} ${around.toFixed(1)}`}
            transform="rotate(-90 8 8)"
          />
        </>
      )}
      {step.state === 'stuck' && (
        <>
          <path d="M8 1 15 8l-7 7-7-7Z" fill="currentColor" />
          <path d="M8 4.6v4M8 10v1.5" stroke="var(--panel)" stroke-width="1.7" />
        </>
      )}
      {step.state === 'to-come' && <circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" stroke-width="1.2" />}
    </svg>
  );
}

const colours = { done: 'good', 'at-work': 'work', stuck: 'bad', 'to-come': 'quiet' } as const;
