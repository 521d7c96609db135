import { Button, PasswordInput, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiError, call } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import { loggedIn } from '../state/auth.ts';
import { Logo } from '../ui/logo.tsx';
import { text } from '../ui/text.ts';
import classes from './login-view.module.css';

/** Asks for the token. It is sent once and kept by the browser as a cookie that scripts cannot read. */
export function LoginView() {
  const [token, setToken] = useState('');
  const [empty, setEmpty] = useState(false);
  const login = useMutation({
    mutationFn: () => call('/login', { method: 'POST', body: { token: token.trim() } }),
    onSuccess: () => {
      loggedIn();
      void queryClient.resetQueries();
    },
  });
  useEffect(() => {
    document.title = `${text.login.title} · ${text.product}`;
  }, []);
  const fault = empty
    ? text.login.empty
    : login.error instanceof ApiError
      ? login.error.status === 403
        ? text.login.wrong
        : login.error.status === 0
          ? text.login.unreachable
          : login.error.message
      : null;
  return (
    <main className={classes.page}>
      <form
        className={`card ${classes.card}`}
        onSubmit={(event) => {
          event.preventDefault();
          setEmpty(token.trim() === '');
          if (token.trim() !== '') login.mutate();
        }}
      >
        <Logo size={48} />
        <Title order={1} size="h3" mt="md">
          {text.product}
        </Title>
        <Text c="var(--muted)" size="sm" mb="lg">
          {text.login.lead}
        </Text>
        <PasswordInput
          label={text.login.token}
          description={text.login.tokenHelp}
          value={token}
          onChange={(event) => {
            setToken(event.currentTarget.value);
            setEmpty(false);
          }}
          error={fault}
          size="md"
          autoComplete="current-password"
          data-autofocus
          autoFocus
          visibilityToggleButtonProps={{ 'aria-label': text.login.show }}
        />
        <Button type="submit" size="md" fullWidth mt="lg" loading={login.isPending}>
          {text.login.button}
        </Button>
      </form>
    </main>
  );
}
