import { notifications } from '@mantine/notifications';

/** Tells a person how something went, for some seconds, in a corner. */
export function tell({ isGood, sentence }: { readonly isGood: boolean; readonly sentence: string }): void {
  notifications.show({
    message: sentence,
    color: isGood ? 'teal' : 'red',
    autoClose: isGood ? 4000 : 12_000,
    role: isGood ? 'status' : 'alert',
  });
}
