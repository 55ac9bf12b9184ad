import type { Feed, Sensor } from '../api/types';

/** A feed with the sensors that it delivers; of a moment under another site file a sensor's feed may not be among those listed. */
export interface FeedGroup {
  name: string;
  feed: Feed | null;
  sensors: Sensor[];
}

/** The sensors under their feeds, both in the server's order. */
export function byFeed(feeds: Feed[], sensors: Sensor[]): FeedGroup[] {
  const groups = new Map<string, FeedGroup>(feeds.map((feed) => [feed.name, { name: feed.name, feed, sensors: [] }]));
  for (const sensor of sensors) {
    let group = groups.get(sensor.feed);
    if (!group) groups.set(sensor.feed, (group = { name: sensor.feed, feed: null, sensors: [] }));
    group.sensors.push(sensor);
  }
  return [...groups.values()];
}

export const sum = (list: { count: number }[]): number => list.reduce((n, r) => n + r.count, 0);
