import css from './OperationPage.module.css';

/** A bar that says its number to a screen reader; `hue` draws it in a shard's colour, else in info. */
export function ProgressBar({
  label,
  value,
  max,
  text,
  hue,
}: {
  label: string;
  value: number;
  max: number;
  text: string;
  hue?: string;
}) {
  const share = max <= 0 ? 0 : Math.min(1, value / max);
  return (
    <div
      className={css.progress}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={value}
      aria-valuetext={text}
    >
      <span style={{ width: `${share * 100}%`, ...(hue === undefined ? {} : { background: hue }) }} />
    </div>
  );
}
