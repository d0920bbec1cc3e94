import { Alert, Button, Card, Center, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type Session, useSigning } from '../api/session.ts';

/** Name and password, or the provider that the operator has set up. Stands in the place of the page that was asked for. */
export function SignInPage({ session }: { readonly session: Session }) {
  const { oidc, password: hasPassword } = session.sign_in;
  const next = `${location.pathname}${location.search}`;
  return (
    <Center mih="100dvh" p="md">
      <Card component="main" withBorder w={380} maw="100%" p="xl">
        <Title order={1} size="h3" mb="xs">
          Gantry
        </Title>
        <Stack>
          {hasPassword && <PasswordForm />}
          {oidc !== null && (
            <Button component="a" variant="default" href={`/auth/oidc/login?next=${encodeURIComponent(next)}`}>
              Sign in with {oidc.name}
            </Button>
          )}
        </Stack>
      </Card>
    </Center>
  );
}

function PasswordForm() {
  const { signIn } = useSigning();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [isSending, setSending] = useState(false);
  const [sentence, setSentence] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    setSentence(null);
    signIn(username, password)
      .catch((error: Error) => setSentence(error.message))
      .finally(() => setSending(false));
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm" c="dimmed">
          The first start of Gantry shows the password of the account admin in its terminal.
        </Text>
        <TextInput
          label="User name"
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
          autoComplete="username"
          required
          data-autofocus
        />
        <PasswordInput
          label="Password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          required
        />
        {sentence !== null && (
          <Alert color="red" role="alert">
            {sentence}
          </Alert>
        )}
        <Button type="submit" loading={isSending}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
