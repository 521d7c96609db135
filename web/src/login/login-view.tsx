import { Button, PasswordInput, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiError } from '../api/error.ts';
import { useServices } from '../state/services.ts';
import { Logo } from '../ui/logo.tsx';
import { uiWords } from '../ui/words.ts';
import classes from './login-view.module.css';
import { loginWords } from './words.ts';

/** Form for the access token, which is sent once; the service sets a cookie that scripts cannot read. */
export function LoginView() {
  const { queryClient, login: loginState } = useServices();
  const [token, setToken] = useState('');
  const [isTokenMissing, setTokenMissing] = useState(false);
  const login = useMutation({
    mutationFn: () => queryClient.api.post('/login', { token: token.trim() }),
    onSuccess: () => {
      loginState.setLoggedIn();
      void queryClient.resetQueries();
    },
  });
  useEffect(() => {
    document.title = `${loginWords.title} · ${uiWords.product}`;
  }, []);
  const error = isTokenMissing
    ? loginWords.empty
    : login.error instanceof ApiError
      ? login.error.status === 403
        ? loginWords.wrong
        : login.error.status === 0
          ? loginWords.unreachable
          : login.error.message
      : null;
  return (
    <main className={classes.page}>
      <form
        className={`card ${classes.card}`}
        onSubmit={(event) => {
          event.preventDefault();
          setTokenMissing(token.trim() === '');
          if (token.trim() !== '') login.mutate();
        }}
      >
        <Logo size={48} />
        <Title order={1} size="h3" mt="md">
          {uiWords.product}
        </Title>
        <Text c="var(--muted)" size="sm" mb="lg">
          {loginWords.lead}
        </Text>
        <PasswordInput
          label={loginWords.token}
          description={loginWords.tokenHelp}
          value={token}
          onChange={(event) => {
            setToken(event.currentTarget.value);
            setTokenMissing(false);
          }}
          error={error}
          size="md"
          autoComplete="current-password"
          data-autofocus
          autoFocus
          visibilityToggleButtonProps={{ 'aria-label': loginWords.show }}
        />
        <Button type="submit" size="md" fullWidth mt="lg" loading={login.isPending}>
          {loginWords.button}
        </Button>
      </form>
    </main>
  );
}
