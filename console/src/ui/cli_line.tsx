// A command to run elsewhere: this page writes nothing and holds no key.
import { useState } from 'preact/hooks';

export function CliLine({ command }: { command: string }) {
  const [copied, set_copied] = useState(false);
  const copy = () => {
    void navigator.clipboard.writeText(command).then(() => {
      set_copied(true);
      setTimeout(() => set_copied(false), 1_500);
    });
  };
  return (
    <div class="cli">
      <code tabIndex={0}>{command}</code>
      <button type="button" class="plain" onClick={copy}>
        {copied ? 'copied' : 'copy'}
      </button>
      <span class="unseen" role="status">
        {copied ? 'The command is copied' : ''}
      </span>
    </div>
  );
}
