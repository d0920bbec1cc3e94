import { AppShell, Box, Burger, Group, ScrollArea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useSession } from '../api/session.ts';
import { PageNavLink } from '../parts/page-link.tsx';
import { Answered } from '../parts/trouble.tsx';
import { Brand } from './brand.tsx';
import { NAVIGATION } from './navigation.ts';
import { Settings, ZoneChoice } from './settings.tsx';
import { SignInPage } from './sign-in-page.tsx';

/** What stands around every page: who is signed in, the way to the other pages, theme and time zone. */
export function Layout() {
  const session = useSession();
  return (
    <Answered query={session}>
      {(data) => (data.username === null ? <SignInPage session={data} /> : <SignedIn />)}
    </Answered>
  );
}

function SignedIn() {
  const [isOpen, { toggle, close }] = useDisclosure();
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Brand />
          </Group>
          <Settings />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <ScrollArea>
          <Links onFollow={close} />
          <Box hiddenFrom="sm" mt="md">
            <ZoneChoice />
          </Box>
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function Links({ onFollow }: { readonly onFollow: () => void }) {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  return NAVIGATION.map(({ to, label }) => {
    const isHere = path === to || (to !== '/' && path.startsWith(`${to}/`));
    return (
      <PageNavLink
        key={to}
        to={to}
        label={label}
        active={isHere}
        aria-current={isHere ? 'page' : undefined}
        onClick={onFollow}
      />
    );
  });
}
