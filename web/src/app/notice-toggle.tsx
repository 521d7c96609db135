import { ActionIcon, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBell, IconBellOff } from '@tabler/icons-react';
import { canNotify, noticesOn, switchNotices } from '../state/notices.ts';
import { useObservable } from '../state/observable.ts';
import { text } from '../ui/text.ts';

/** Switches the browser's notices; not there where the browser has none. */
export function NoticeToggle() {
  const on = useObservable(noticesOn);
  if (!canNotify()) return null;
  const label = on ? text.notices.switchOff : text.notices.switchOn;
  const toggle = async () => {
    const granted = await switchNotices(!on);
    if (!on) notifications.show({ message: granted ? text.notices.isOn : text.notices.refused });
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
