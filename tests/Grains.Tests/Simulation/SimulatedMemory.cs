using System.Buffers;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Grains.Transport;

namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>Memory that other processes of the same machine read where it lies. It outlives the process that it is of, as a mapping does.</summary>
internal sealed class SimulatedMemory : IVectorMemory
{
    /// <inheritdoc/>
    public Memory<byte> Take(int bytes) => new Region(bytes).Memory;

    private sealed class Region(int length) : VersionedMemory
    {
        private readonly byte[] _bytes = new byte[length];
        private ulong _version = 1;

        public override ulong Version => _version;

        public override void Renew()
        {
            _version++;
            _bytes.AsSpan().Fill(0xFF); // whoever reads on reads something else
        }

        public override ChunkReference Refer(ulong version, int start, int length) =>
            throw new NotSupportedException();

        public override Span<byte> GetSpan() => _bytes;

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }
    }
}
