import { Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type Anchor = ButtonProps &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps> & { ref?: Ref<HTMLAnchorElement> };

function AnchorButton(props: Anchor) {
  return <Button component="a" {...props} />;
}

/** A link that looks like a button: `<LinkButton to="/clusters">…`. */
export const LinkButton = createLink(AnchorButton);
