import { type CSSVariablesResolver, createTheme } from '@mantine/core';

/** Quiet colours, so that the states are what stands out. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  defaultRadius: 'sm',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: '600' },
  components: {
    Text: { defaultProps: { size: 'sm' } },
    Anchor: { defaultProps: { size: 'sm' } },
    // The lock adds a style that the content security policy refuses.
    Modal: { defaultProps: { lockScroll: false } },
    Drawer: { defaultProps: { lockScroll: false } },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
});

/** Mantine's dimmed, placeholder, error and link colours have less than 4.5:1 on its backgrounds. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#4f565e',
    '--mantine-color-placeholder': '#636a72',
    '--mantine-color-error': '#c01818',
    '--mantine-color-anchor': '#2f44ad',
  },
  dark: {
    '--mantine-color-dimmed': '#b3b8be',
    '--mantine-color-placeholder': '#a2a7ad',
    '--mantine-color-error': '#ff9c9c',
    '--mantine-color-anchor': '#a5b5ff',
  },
});
