// What is drawn again only when one of the things that it is made of is another.
import { Component, type ComponentChildren } from 'preact';

interface StillProps {
  of: readonly unknown[];
  children: () => ComponentChildren;
}

export class Still extends Component<StillProps> {
  override shouldComponentUpdate(next: StillProps): boolean {
    return next.of.some((thing, i) => thing !== this.props.of[i]);
  }
  render() {
    return this.props.children();
  }
}
