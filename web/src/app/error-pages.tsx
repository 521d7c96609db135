import { Button, Stack, Title } from '@mantine/core';
import { IconCompass } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorMessage } from '../ui/error-message.tsx';
import { errorWords, uiWords } from '../ui/words.ts';

/** Shown for a URL that does not exist. */
export function NotFoundPage() {
  return (
    <EmptyState icon={<IconCompass size={28} stroke={1.5} />} title={errorWords.notFoundTitle}>
      <Link to="/">{uiWords.toSessions}</Link>
    </EmptyState>
  );
}

/** Shown after an error in the page itself. */
export function CrashPage({ error }: { error: unknown }) {
  return (
    <Stack p="lg" maw={640} mx="auto">
      <Title order={1} size="h3">
        {errorWords.crash}
      </Title>
      <ErrorMessage title={errorWords.title} error={error} />
      <Button onClick={() => location.reload()}>{errorWords.reload}</Button>
    </Stack>
  );
}
