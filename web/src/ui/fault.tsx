import { Alert, Button, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCompass, IconSnowflake } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiError } from '../api/error.ts';
import { apiWords } from '../api/words.ts';
import { errorWords, uiWords } from './words.ts';

/** A calm picture for "nothing here": icon, one line, what to expect or do. */
export function Empty(props: { icon?: ReactNode; title: string; hint?: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap={6} py={56} px="md" ta="center">
      <ThemeIcon size={52} radius="xl" variant="light" aria-hidden>
        {props.icon ?? <IconSnowflake size={28} stroke={1.5} />}
      </ThemeIcon>
      <Text fw={650} mt={6}>
        {props.title}
      </Text>
      {props.hint && (
        <Text size="sm" c="var(--muted)" maw={440}>
          {props.hint}
        </Text>
      )}
      {props.children}
    </Stack>
  );
}

/** A fault in place of a view, with what to do and a way to try again. */
export function Fault(props: { title: string; error: unknown; again?: () => void }) {
  const { error } = props;
  return (
    <Alert color="orange" icon={<IconAlertTriangle />} title={props.title} my="md" role="alert">
      <Text size="sm">{error instanceof Error ? error.message : apiWords.unexpected}</Text>
      {error instanceof ApiError && error.remedy !== '' && (
        <Text size="sm" c="var(--muted)">
          {error.remedy}
        </Text>
      )}
      {props.again && (
        <Button mt="sm" size="xs" variant="default" onClick={props.again}>
          {uiWords.again}
        </Button>
      )}
    </Alert>
  );
}

export function NoSuchPage() {
  return (
    <Empty icon={<IconCompass size={28} stroke={1.5} />} title={errorWords.notFoundTitle}>
      <Link to="/">{uiWords.toSessions}</Link>
    </Empty>
  );
}

export function Crash({ error }: { error: unknown }) {
  return (
    <Stack p="lg" maw={640} mx="auto">
      <Title order={1} size="h3">
        {errorWords.crash}
      </Title>
      <Fault title={errorWords.title} error={error} />
      <Button onClick={() => location.reload()}>{errorWords.reload}</Button>
    </Stack>
  );
}

export function tellFault(error: unknown): void {
  notifications.show({
    color: 'orange',
    title: errorWords.title,
    message: error instanceof ApiError ? `${error.message} ${error.remedy}` : apiWords.unexpected,
    autoClose: 12_000,
  });
}
