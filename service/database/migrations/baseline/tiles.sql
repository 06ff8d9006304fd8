CREATE TABLE plot_square (
    block integer NOT NULL,
    square integer NOT NULL,
    district text NOT NULL,
    shown text NOT NULL,
    stage text NOT NULL,
    kind text NOT NULL,
    year integer NOT NULL,
    review text NOT NULL,
    programme text,
    plots integer NOT NULL,
    area_cm2 bigint NOT NULL,
    CONSTRAINT plot_square_shown_check CHECK (shown IN ('approved', 'working', 'both'))
);
COMMENT ON TABLE plot_square IS
    '图斑方格统计。Plots by the square of degrees in which their middle lies, for tiles far out. Only added to, minus and plus, so that writers never wait for each other; now and then the rows of a square are put together. The sum is exact.';
COMMENT ON COLUMN plot_square.block IS
    '32 by 32 squares: of 360/2^15 degrees from 0 up, of 360/2^11 degrees below 0';
COMMENT ON COLUMN plot_square.square IS
    'x * 2^14 + y, both counted in sides of the square from 180 W, 90 S';
COMMENT ON COLUMN plot_square.district IS 'County';
COMMENT ON COLUMN plot_square.shown IS
    'Who counts it: approved (a newer version exists), working, both (approved and the newest)';
COMMENT ON COLUMN plot_square.stage IS 'As in plot_version, like all that follows';
COMMENT ON COLUMN plot_square.kind IS 'As in plot_version';
COMMENT ON COLUMN plot_square.year IS 'As in plot_version';
COMMENT ON COLUMN plot_square.review IS 'As in plot_version';
COMMENT ON COLUMN plot_square.programme IS 'As in plot_version';
COMMENT ON COLUMN plot_square.plots IS 'How many more, or fewer';
COMMENT ON COLUMN plot_square.area_cm2 IS
    'How much more, or less; whole square centimetres, so that sums are exact';
CREATE INDEX plot_square_block_idx ON plot_square (block, square);
ALTER TABLE plot_square ENABLE ROW LEVEL SECURITY;

CREATE TABLE plot_change (
    block integer NOT NULL,
    district text NOT NULL,
    changes bigint NOT NULL
);
COMMENT ON TABLE plot_change IS
    '图斑变更计数。How often the plots of a county changed in a block; grows with every change that is committed, so that whoever has a tile can tell whether it still holds.';
COMMENT ON COLUMN plot_change.block IS 'As in plot_square, from 0 up';
COMMENT ON COLUMN plot_change.district IS 'County';
COMMENT ON COLUMN plot_change.changes IS 'How often; the sum of all rows counts';
CREATE INDEX plot_change_block_idx ON plot_change (block);
ALTER TABLE plot_change ENABLE ROW LEVEL SECURITY;

CREATE TABLE plot_square_sum (
    block integer NOT NULL,
    square integer NOT NULL,
    district text NOT NULL,
    shown text NOT NULL,
    stage text NOT NULL,
    plots bigint NOT NULL,
    area_cm2 bigint NOT NULL
);
COMMENT ON TABLE plot_square_sum IS
    '图斑大方格合计。The large squares of plot_square without kind, year, review and programme: a tenth of the rows, for tiles that filter by none of them. Only added to, like that.';
COMMENT ON COLUMN plot_square_sum.block IS
    'As in plot_square, below 0; from -100000 down 32 by 32 squares of 360/2^13 degrees';
COMMENT ON COLUMN plot_square_sum.square IS 'As in plot_square, like all that follows';
COMMENT ON COLUMN plot_square_sum.district IS 'County';
COMMENT ON COLUMN plot_square_sum.shown IS 'Who counts it';
COMMENT ON COLUMN plot_square_sum.stage IS 'Stage';
COMMENT ON COLUMN plot_square_sum.plots IS 'How many more, or fewer';
COMMENT ON COLUMN plot_square_sum.area_cm2 IS 'How much more, or less';
CREATE INDEX plot_square_sum_block_idx ON plot_square_sum (block, square) INCLUDE (district, shown,
    stage, plots, area_cm2);
ALTER TABLE plot_square_sum ENABLE ROW LEVEL SECURITY;
