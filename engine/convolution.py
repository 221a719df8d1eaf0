"""The convolutional layer: one small kernel a channel, slid over the image, the same weights at every place.

Images of a minibatch lie with the batch innermost, (channels, height, width, n). A patch of the image, shifted by one
pixel, is then still n numbers in a row for every pixel of it, so that all copies and sums here run over contiguous
memory however small the kernel is.

    C           channels of x
    F           channels of z and a: how many kernels there are
    K, s, p     side of a kernel, stride, padding
    U, V        rows and columns of z and a: where a kernel fits, U = (height of x + 2p - K) // s + 1, likewise V
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engine.errors import SpecError
from engine.initializers import Initializer
from engine.layer import Kept, Layer, Shape, kept_by_all
from engine.parameters import Layout, ParameterVector
from engine.spec import Conv2DSpec
from engine.tensors import Tensor, zeros

COLUMNS = 1 << 19
"""How many numbers of patches are written out at a time.

It bounds the memory of a pass whatever the minibatch, and the columns are still in the cache when they are multiplied.
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of the output image, and all that their matrix products read and write; every array is a view."""

    patches: Tensor  # (C, K, K, rows, V, n)   x under each weight of the kernel: views that overlap K*K times
    patch_copies: Tensor  # (C, K, K, rows, V, n)   memory for them, one after the other
    columns: Tensor  # (C*K*K, rows*V*n)   the same memory: one patch of one example a column
    z: Tensor  # (F, rows*V*n)
    dL_dz: Tensor  # (F, rows*V*n)
    dL_dpatches: tuple[tuple[Tensor, Tensor], ...]
    """For each of the K*K weights of a kernel: where in dL_dx its pixels are, and where in the columns."""


@dataclass(slots=True, kw_only=True)
class ConvolutionKept(Kept):
    """What a pass leaves behind in a convolutional layer."""

    padded_x: Tensor  # (C, height+2p, width+2p, n)   x itself where there is no padding
    padded_dL_dx: Tensor | None  # likewise
    inner_x: Tensor  # (C, height, width, n)   padded_x without its border
    inner_dL_dx: Tensor | None
    rows: tuple[Rows, ...]  # together all rows of the output
    dL_dW_of_rows: Tensor  # (C*K*K, F)   the part of some rows, transposed
    dL_dW: Tensor  # (F, C*K*K)   the gradient by W as a matrix
    dL_db: Tensor  # (F,)
    dL_dz_matrix: Tensor  # (F, U*V*n)
    ones: Tensor  # (U*V*n,)


class Conv2D(Layer):
    """A convolutional layer: a = f(W * x + b), with * the cross-correlation, as is usual."""

    def __init__(
        self,
        name: str,
        spec: Conv2DSpec,
        input_shape: Shape,
        parameters: ParameterVector,
        buffers: ParameterVector,
    ) -> None:
        super().__init__(name, spec, input_shape, parameters, buffers)
        self.W = self.parameters["W"]
        self.b = self.parameters["b"]
        self._W_matrix = self.W.reshape(spec.channels, -1)  # (F, C*K*K), a view, as are the next two
        self._W_matrix_T = self._W_matrix.T
        self._b_of_channels = self.b.reshape(-1, 1, 1, 1)

    @classmethod
    def shape_after(cls, spec: Conv2DSpec, input_shape: Shape, where: str) -> Shape:
        """Return (F, U, V); refuse rows of numbers, and a kernel that fits nowhere."""
        if len(input_shape) != 3:
            raise SpecError("image_expected", where)
        _, height, width = input_shape
        if spec.kernel > min(height, width) + 2 * spec.padding:
            raise SpecError("kernel_larger_than_image", where, kernel=spec.kernel, height=height, width=width)
        return (
            spec.channels,
            *((side + 2 * spec.padding - spec.kernel) // spec.stride + 1 for side in (height, width)),
        )

    @classmethod
    def layout(cls, name: str, spec: Conv2DSpec, input_shape: Shape) -> Layout:
        """Return the shapes of the parameters, as in PyTorch: one kernel (C, K, K) for each of the F channels."""
        return {
            f"{name}.W": (spec.channels, input_shape[0], spec.kernel, spec.kernel),
            f"{name}.b": (spec.channels,),
        }

    def initialize(self, weights: Initializer, rng: np.random.Generator) -> None:
        """Fill W as that of a dense layer with as many inputs as a patch has pixels; b starts at zero."""
        F, inputs = self._W_matrix.shape
        self._W_matrix[...] = weights(F, inputs, rng)
        self.b.fill(0)

    def keep(
        self,
        n: int,
        x: Tensor,
        dL_dx: Tensor | None,
        gradient: ParameterVector,
        *,
        training: bool,
        below: Sequence[Kept],
    ) -> ConvolutionKept:
        """Allocate, once, what a pass of n examples leaves behind."""
        fields = kept_by_all(self, n, x, dL_dx, gradient, training=training)
        dL_dW, dL_db = fields["gradients"]["W"], fields["gradients"]["b"]
        padded_x, inner_x = self._padded(x)
        padded_dL_dx, inner_dL_dx = (None, None) if dL_dx is None else self._padded(dL_dx)
        F, pixels = self._W_matrix.shape
        dL_dz_matrix = fields["dL_dz"].reshape(F, -1)
        return ConvolutionKept(
            **fields,
            padded_x=padded_x,
            inner_x=inner_x,
            padded_dL_dx=padded_dL_dx,
            inner_dL_dx=inner_dL_dx,
            rows=self._rows(padded_x, padded_dL_dx, fields["z"], fields["dL_dz"]),
            dL_dW_of_rows=zeros((pixels, F), x.dtype),
            dL_dW=dL_dW.reshape(F, -1),
            dL_db=dL_db,
            dL_dz_matrix=dL_dz_matrix,
            ones=np.ones(dL_dz_matrix.shape[1], x.dtype),
        )

    def _padded(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return memory for the image with a border of zeros, and the view of it inside that border."""
        p = self.spec.padding
        if p == 0:
            return image, image
        C, height, width, n = image.shape
        padded = zeros((C, height + 2 * p, width + 2 * p, n), image.dtype)
        return padded, padded[:, p:-p, p:-p]

    def _rows(self, x: Tensor, dL_dx: Tensor | None, z: Tensor, dL_dz: Tensor) -> tuple[Rows, ...]:
        """Cut the output into groups of as many rows as COLUMNS allows, one at least. x and dL_dx are padded."""
        K, s = self.spec.kernel, self.spec.stride
        C, (F, U, V, n) = len(x), z.shape
        patches = sliding_window_view(x, (K, K), axis=(1, 2))[:, ::s, ::s].transpose(0, 4, 5, 1, 2, 3)
        count = min(max(1, COLUMNS // (C * K * K * V * n)), U)
        memory = zeros(C * K * K * count * V * n, x.dtype)
        groups = []
        for first in range(0, U, count):
            stop = min(first + count, U)
            of_group = slice(first * V * n, stop * V * n)
            copies = memory[: C * K * K * (stop - first) * V * n].reshape(C, K, K, stop - first, V, n)
            groups.append(
                Rows(
                    patches=patches[:, :, :, first:stop],
                    patch_copies=copies,
                    columns=copies.reshape(C * K * K, -1),
                    z=z.reshape(F, -1)[:, of_group],
                    dL_dz=dL_dz.reshape(F, -1)[:, of_group],
                    dL_dpatches=() if dL_dx is None else self._shifted(dL_dx[:, first * s :], copies),
                )
            )
        return tuple(groups)

    def _shifted(self, image: Tensor, patches: Tensor) -> tuple[tuple[Tensor, Tensor], ...]:
        """Pair, for each weight of the kernel, the pixels of the image that it meets with their part of the patches."""
        K, s = self.spec.kernel, self.spec.stride
        _, _, _, rows, V, _ = patches.shape
        return tuple(
            (image[:, i : i + (rows - 1) * s + 1 : s, j : j + (V - 1) * s + 1 : s], patches[:, i, j])
            for i in range(K)
            for j in range(K)
        )

    def forward(self, kept: ConvolutionKept) -> None:
        """Compute z and a from x.

        At row u and column v of the output, kernel k is laid on the image with its padding, a border of zeros: each of
        its weights meets one pixel, and the products are summed over all channels.

            z_kuv = sum_c sum_i sum_j W_kcij x_c(us+i)(vs+j) + b_k        a_kuv = f(z_kuv)

        It is what a unit of a dense layer does, but with inputs only from one patch, and with the same weights in
        every patch: an edge is an edge wherever it is. (Mathematicians call it cross-correlation; convolution turns
        the kernel by 180 degrees first, which makes no difference to weights that are learned.)

        As a matrix product: write every patch as a column, for all places of all examples ("im2col"; a view, X, in
        which each pixel comes up to K*K times, copied into memory that a product can read). Then with W as a matrix

            Z = W X + b               (F, UVn) = (F, CKK) (CKK, UVn) + (F, 1)

        done for a few rows of the output at a time, so that X stays small.

        Sources: LeCun, Bottou, Bengio and Haffner, Proceedings of the IEEE 86 (1998), section II; Goodfellow, Bengio
        and Courville, Deep Learning, equation 9.6; as a product: Chellapilla, Puri and Simard, 2006, section 3.
        """
        if kept.padded_x is not kept.x:
            np.copyto(kept.inner_x, kept.x)
        for rows in kept.rows:
            np.copyto(rows.patch_copies, rows.patches)
            np.matmul(self._W_matrix, rows.columns, out=rows.z)
        np.add(kept.z, self._b_of_channels, out=kept.z)
        if not self.activation.is_identity:
            self.activation.value(kept.z, kept.a, kept.scratch)

    def backward(self, kept: ConvolutionKept) -> None:
        """Compute the gradients by z, W, b and x from the upstream gradient dL_da.

        The loss depends on z_kuv only through a_kuv, so as in a dense layer dL/dz_kuv = dL/da_kuv f'(z_kuv).

        One weight W_kcij is used at *every* place (u, v), where it meets pixel x_c(us+i)(vs+j), and b_k is used at
        every place too. Their effects on the loss add up:

            dL/dW_kcij = sum_u sum_v dL/dz_kuv x_c(us+i)(vs+j)            dL/db_k = sum_u sum_v dL/dz_kuv

        One pixel lies in up to K*K patches, each time under another weight. It gets back from z_kuv, through weight
        (i, j), what that weight lets pass, and again the effects add up:

            dL/dx_crt = sum_k sum_i sum_j dL/dz_kuv W_kcij    over the places with us+i = r and vs+j = t

        As matrices, with the columns X of forward and sums over the examples as in a dense layer:

            dL_dW = dL_dZ X^T         (F, CKK) = (F, UVn) (UVn, CKK)
            dL_db = dL_dZ 1           (F,) = (F, UVn) (UVn,)
            dL_dX = W^T dL_dZ         (CKK, UVn) = (CKK, F) (F, UVn)

        and dL_dx collects from dL_dX what forward had copied into X: for each of the K*K weights of a kernel, one
        addition of a whole image ("col2im"), shifted by (i, j).

        Sources: LeCun et al., Neural Computation 1 (1989), section 3; Goodfellow et al., equations 9.11 and 9.13.
        """
        dL_dx = kept.padded_dL_dx
        if not self.activation.is_identity:
            self.activation.slope(kept.z, kept.a, kept.slope, kept.scratch)
            np.multiply(kept.dL_da, kept.slope, out=kept.dL_dz)
        kept.dL_dz_matrix.dot(kept.ones, out=kept.dL_db)
        kept.dL_dW.fill(0)
        if dL_dx is not None:
            dL_dx.fill(0)
        for rows in kept.rows:
            # The columns are made once more: they are quicker copied than kept, and keeping them takes K*K times x.
            np.copyto(rows.patch_copies, rows.patches)
            # Transposed, with the short side last, BLAS takes a quarter less time.
            np.matmul(rows.columns, rows.dL_dz.T, out=kept.dL_dW_of_rows)
            np.add(kept.dL_dW, kept.dL_dW_of_rows.T, out=kept.dL_dW)
            if dL_dx is not None:
                np.matmul(self._W_matrix_T, rows.dL_dz, out=rows.columns)
                for pixels, dL_dpixels in rows.dL_dpatches:
                    np.add(pixels, dL_dpixels, out=pixels)
        if kept.dL_dx is not None and kept.inner_dL_dx is not None and dL_dx is not kept.dL_dx:
            np.copyto(kept.dL_dx, kept.inner_dL_dx)
