import type { Told } from "./history.ts";
import type { Random } from "./random.ts";

/** Merge requests and pipelines whose states grow. */
export interface Stories {
  /** a state of an object of this project: mostly the next one, now and then one that comes late */
  next(project: string): Told;
}

interface Story {
  card: number;
  kind: Told["kind"];
  /** the newest state that was made */
  newest: number;
  /** states that were made and are sent after newer ones */
  late: number[];
}

const shares = { another: 0.12, held: 0.2, late: 0.4, news: 0.25 };

export function createStories(random: Random): Stories {
  const stories = new Map<string, Story>();
  let cards = 0;

  function storyOf(project: string): Story {
    const known = stories.get(project);
    if (known && !random.chance(shares.another)) return known;
    const story: Story = { card: ++cards, kind: random.pick(["merge_request", "pipeline"]), newest: 0, late: [] };
    stories.set(project, story);
    return story;
  }

  return {
    next(project) {
      const story = storyOf(project);
      const { card, kind, late } = story;
      const isLate = late.length > 0 && random.chance(shares.late);
      if (!isLate) story.newest++;
      if (!isLate && random.chance(shares.held)) late.push(story.newest++);
      const state = isLate ? (late.shift() ?? story.newest) : story.newest;
      return { card, kind, state, news: kind === "merge_request" && state > 1 && random.chance(shares.news) };
    },
  };
}
