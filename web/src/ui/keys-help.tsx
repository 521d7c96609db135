import { ActionIcon, Kbd, Modal, Tooltip } from '@mantine/core';
import { IconKeyboard } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './keys-help.module.css';
import { text } from './text.ts';
import { useKeys } from './use-keys.ts';

/** Button, and the key `?`, that show what the keys of a view do. */
export function KeysHelp({ keys }: { keys: readonly (readonly [key: string, meaning: string])[] }) {
  const [shown, setShown] = useState(false);
  useKeys({ '?': () => setShown(true) });
  return (
    <>
      <Tooltip label={text.keys.show}>
        <ActionIcon variant="default" size="lg" aria-label={text.keys.show} onClick={() => setShown(true)}>
          <IconKeyboard size={18} />
        </ActionIcon>
      </Tooltip>
      <Modal opened={shown} onClose={() => setShown(false)} title={text.keys.title} centered>
        <dl className={classes.keys}>
          {[...keys, ['?', text.keys.help] as const].map(([key, meaning]) => (
            <div key={key}>
              <dt>
                {key.split(' ').map((one) => (
                  <Kbd key={one}>{one}</Kbd>
                ))}
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </Modal>
    </>
  );
}
