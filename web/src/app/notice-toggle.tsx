import { ActionIcon, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBell, IconBellOff } from '@tabler/icons-react';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.ts';
import { noticeWords } from './words.ts';

/** Switches the browser's notifications on and off; hidden if the browser does not provide them. */
export function NoticeToggle() {
  const { notices } = useServices();
  const isOn = useObservable(notices.areOn);
  if (!notices.areAvailable) return null;
  const label = isOn ? noticeWords.switchOff : noticeWords.switchOn;
  const toggle = async () => {
    const isGranted = await notices.switch(!isOn);
    if (!isOn) notifications.show({ message: isGranted ? noticeWords.isOn : noticeWords.refused });
  };
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        aria-pressed={isOn}
        onClick={() => void toggle()}
      >
        {isOn ? <IconBell size={19} /> : <IconBellOff size={19} />}
      </ActionIcon>
    </Tooltip>
  );
}
