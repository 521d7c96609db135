import { ActionIcon, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBell, IconBellOff } from '@tabler/icons-react';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.ts';
import { noticeWords } from './words.ts';

/** Switches the browser's notifications on and off; hidden if the browser has none. */
export function NoticeToggle() {
  const { notices } = useServices();
  const on = useObservable(notices.areOn);
  if (!notices.areAvailable) return null;
  const label = on ? noticeWords.switchOff : noticeWords.switchOn;
  const toggle = async () => {
    const granted = await notices.switch(!on);
    if (!on) notifications.show({ message: granted ? noticeWords.isOn : noticeWords.refused });
  };
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        aria-pressed={on}
        onClick={() => void toggle()}
      >
        {on ? <IconBell size={19} /> : <IconBellOff size={19} />}
      </ActionIcon>
    </Tooltip>
  );
}
