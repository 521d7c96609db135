import { Alert, Anchor, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { SessionGainCheck } from '../../../src/contract/api.ts';
import { isInverted } from './gain.ts';
import { BestSettingButton } from './gain-best-button.tsx';
import { gainWords } from './words.ts';

/**
 * Alert at the top of the session if the gain reference or its orientation is wrong, because every further
 * result would be wrong too.
 */
export function GainAlert({ gainCheck, onShow }: { gainCheck: SessionGainCheck; onShow: () => void }) {
  const { verdict, message, remedy } = gainCheck;
  if (verdict !== 'contradicts' && verdict !== 'absent') return null;
  return (
    <Alert
      mt="sm"
      role="alert"
      color={verdict === 'contradicts' ? 'red' : 'orange'}
      icon={<IconAlertTriangle />}
      title={isInverted(gainCheck) ? gainWords.invertedAlert : gainWords.alert[verdict]}
    >
      <Text size="sm">{message}</Text>
      <Text size="sm">
        {remedy}{' '}
        <Anchor component="button" size="sm" onClick={onShow}>
          {gainWords.show}
        </Anchor>
      </Text>
      <BestSettingButton gainCheck={gainCheck} />
    </Alert>
  );
}
