// Styles use only features of all browsers in package.json. The rules complement each other: the first knows single
// browsers, the second has newer functions and properties.

const FIRST_YEAR = new Date().getFullYear() - 3;

export default {
  plugins: ["stylelint-no-unsupported-browser-features", "stylelint-plugin-use-baseline"],
  rules: {
    "plugin/no-unsupported-browser-features": [
      true,
      {
        ignore: [
          "css-clip-path", // partial: not in external SVG files
          "css-color-adjust", // paper: initials are grey instead of white on a colour
          "css-marker-pseudo", // Safari has the colour of markers, but not their content
          "css-masks", // Samsung Internet 24: reported for inset(), which belongs to clip-path
          "css-media-scripting", // the list is outdated; without it, controls are visible without a script
          "css-touch-action", // Safari on iOS has it; on a Mac there is no touch
          "css3-cursors", // phones have no cursor
          "intrinsic-width", // partial: Firefox lacks `stretch`
          "multicolumn", // paper: partial for some values of break-inside and break-after
          "text-decoration", // partial: not as a shorthand
          "text-size-adjust", // phones only
        ],
      },
    ],
    "plugin/use-baseline": [
      true,
      {
        available: FIRST_YEAR,
        // Enhancements: without them, the page looks a little plainer.
        ignoreProperties: {
          "accent-color": [],
          "break-after": ["avoid"],
          "forced-color-adjust": ["none"],
          "print-color-adjust": ["exact"],
          "text-size-adjust": [],
          "text-wrap": ["balance", "pretty"],
        },
        ignoreSelectors: ["marker"],
      },
    ],
  },
};
