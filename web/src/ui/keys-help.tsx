import { ActionIcon, Kbd, Modal, Tooltip } from '@mantine/core';
import { IconKeyboard } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './keys-help.module.css';
import { useKeys } from './use-keys.ts';
import { keyWords } from './words.ts';

/** A button that shows the keyboard shortcuts of a view, as the key `?` does. */
export function KeysHelp({ keys }: { keys: readonly (readonly [key: string, meaning: string])[] }) {
  const [isShown, setShown] = useState(false);
  useKeys({ '?': () => setShown(true) });
  return (
    <>
      <Tooltip label={keyWords.show}>
        <ActionIcon variant="default" size="lg" aria-label={keyWords.show} onClick={() => setShown(true)}>
          <IconKeyboard size={18} />
        </ActionIcon>
      </Tooltip>
      <Modal opened={isShown} onClose={() => setShown(false)} title={keyWords.title} centered>
        <dl className={classes.keys}>
          {[...keys, ['?', keyWords.help] as const].map(([key, meaning]) => (
            <div key={key}>
              <dt>
                {key.split(' ').map((name) => (
                  <Kbd key={name}>{name}</Kbd>
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
