import { Anchor, type AnchorProps, NavLink, type NavLinkProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentProps } from 'react';

type Of<Props> = Omit<Props, 'href'> & Omit<ComponentProps<'a'>, keyof Props>;

/** Links to pages of ours, typed by the routes: in a text and in the navigation. */
export const PageLink = createLink((props: Of<AnchorProps>) => <Anchor {...props} />);
export const PageNavLink = createLink((props: Of<NavLinkProps>) => <NavLink component="a" {...props} />);
