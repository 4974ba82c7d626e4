//! What ring, filters and outputs pass to each other.

/// One frame: left and right, full scale at ±1.
pub(crate) type StereoFrame = [f32; 2];
