"""Images of players as SVG texts and PNG files: cards and charts. Pure functions of data, without requests or files."""
