import { Stack, Text, ThemeIcon } from '@mantine/core';
import { IconSnowflake } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** Shown in place of an empty view: an icon, what is missing, and what to expect or do. */
export function EmptyState(props: { icon?: ReactNode; title: string; hint?: string; children?: ReactNode }) {
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
