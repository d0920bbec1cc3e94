import { Badge, Group, Text } from '@mantine/core';
import { Moment } from '../parts/moment.tsx';
import { stateText } from '../parts/state.tsx';
import { Answered } from '../parts/trouble.tsx';
import type { OfInstance } from './use-instance.ts';
import { useWhy } from './use-why.ts';
import classes from './why-tab.module.css';

/** All causes in the order in which a task meets them; the first that blocks is marked. */
export function WhyTab({ instance }: OfInstance) {
  const why = useWhy(instance);
  return (
    <Answered query={why}>
      {({ chain }) => {
        const first = chain.findIndex(({ blocking }) => blocking);
        return (
          <>
            {first < 0 && <Text mb="sm">Nothing holds it up.</Text>}
            <ol className={classes.chain} aria-label="Why">
              {chain.map((cause, place) => (
                <li key={`${cause.kind} ${cause.sentence}`} className={classes.cause} data-first={place === first}>
                  <Group gap="xs">
                    <Badge tt="none" variant="default">
                      {stateText(cause.kind)}
                    </Badge>
                    {place === first && (
                      <Badge tt="none" color="yellow.9">
                        This blocks first
                      </Badge>
                    )}
                    {!cause.blocking && (
                      <Text span size="xs" c="dimmed">
                        holds nothing up
                      </Text>
                    )}
                    {cause.until !== null && (
                      <Text span size="xs">
                        at the latest <Moment at={cause.until} />
                      </Text>
                    )}
                  </Group>
                  <Text mt={4}>{cause.sentence}</Text>
                  {cause.unblock !== '' && <Text c="dimmed">{cause.unblock}</Text>}
                </li>
              ))}
            </ol>
          </>
        );
      }}
    </Answered>
  );
}
